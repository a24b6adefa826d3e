"""The pages for people: the front page and the error pages."""
