"""Which terms bring a target about: incentives, the cheapest contract, maps over prices, hidden actions."""
