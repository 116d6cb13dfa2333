"""How fast texts are planned, claimed and handed over, beside a bare client of the provider."""
