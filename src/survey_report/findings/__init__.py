"""The findings of each section as frames and numbers, protected by disclosure control; no display, no I/O."""
