"""Who proposes, who accepts, who gains: negotiation, its neighbours, and where the theorem ends."""
