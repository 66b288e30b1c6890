"""What everything may use: games, rollouts, records, settings, errors."""
