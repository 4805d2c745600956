"""From any file a team can send to trusted tallies."""
