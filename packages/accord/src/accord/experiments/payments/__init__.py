"""The payments game where everything meets: named cases, what is true, what is learned, and what contracts change."""
