"""What a person meets: commands, buttons, rendering, languages."""
