"""Games as arrays of integers: normal forms, tables of states, and the planner's optimum."""
