"""The notepad: a page in the browser, and the small server on this machine that keeps its songs.

Nothing here is loaded until it is asked for; nothing here talks to any other machine.
"""
