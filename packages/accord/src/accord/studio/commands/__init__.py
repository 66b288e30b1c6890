"""The commands of `accord`, one file each."""
