"""Faces for people: walking a maze, running an agent."""
