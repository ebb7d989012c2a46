"""What sources answer, read into items: feeds of every format and the news APIs."""
