"""A local Telegram with a chat page, sample feeds and a sample market, for demo and tests.

Owns every stand-in that the product meets over real HTTP. Refuses to be imported by the product.
"""
