"""Whether numbers agree: within one table, and from day to day, area to area and file to file."""
