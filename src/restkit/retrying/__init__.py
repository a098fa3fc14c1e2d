"""Trying again: the course of further attempts, for requests and functions alike, and what is remembered of origins.

Start with `course.py`.
"""
