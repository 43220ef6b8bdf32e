"""What was linked against what is true of the made-up city: `make accuracy`.

Here: one module per section of data/reports/accuracy.json, each reading an open city (city.py).
Not here: how the city is made and its truth written down (suining_data/synthetic/).
"""
