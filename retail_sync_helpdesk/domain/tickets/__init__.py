"""What a ticket is about: the text that its author wrote, the documents it names, the customer who is meant."""
