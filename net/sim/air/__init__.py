"""The air round an access point, which all its stations share."""
