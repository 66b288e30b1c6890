"""Other routes to cooperation: threats in repeated play, mediators, declared leaders."""
