"""What a contract consists of, and which of its parts requests exercised: plain figures, for every report of them."""
