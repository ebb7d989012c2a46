"""The figures of an article: prices, levels, moves, liquidations, flows, funding rates."""
