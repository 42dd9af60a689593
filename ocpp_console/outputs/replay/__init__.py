"""A trace played again: the stations' side against any central system, or its commands to a live station."""
