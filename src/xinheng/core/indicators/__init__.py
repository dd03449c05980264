"""National monitoring of city credit: packs of indicators, inputs, figures, what-if."""
