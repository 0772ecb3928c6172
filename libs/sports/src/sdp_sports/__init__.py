"""What a sport is: stats, markets, contests and stacks declared as checked TOML."""
