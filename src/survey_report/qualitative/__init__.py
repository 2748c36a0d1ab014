"""The qualitative strand: coded survey answers, focus groups and interviews, read, counted and quoted safely."""
