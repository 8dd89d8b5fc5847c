"""The painted world as a camera sees it: land, road, cars, weather."""
