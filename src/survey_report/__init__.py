"""Renders a workforce survey report from a survey export."""
