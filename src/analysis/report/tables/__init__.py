"""The tables of the report, each from one artifact: what was compared, forecast, received."""
