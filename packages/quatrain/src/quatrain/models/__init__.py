"""The models: structure (what shape the next line has) and vocabulary (which words fill it), and their rivals.

One transformer, one training loop; a model is what goes in and what is asked of it. Nothing here is loaded before it is
asked for.
"""
