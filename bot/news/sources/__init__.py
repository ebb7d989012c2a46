"""Dealing with sources: when they are polled, hubs, how they are found and listed, pages."""
