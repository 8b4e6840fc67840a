"""Configuration: one file a TOML section; nothing here touches the network."""
