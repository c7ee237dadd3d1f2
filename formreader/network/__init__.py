"""The networks for digits, strips and digits over others: built in Keras (imported inside), exported to LiteRT."""

from formreader.network.digits import build, build_teacher, compile_network, export, load_network, logits_of

__all__ = ["build", "build_teacher", "compile_network", "export", "load_network", "logits_of"]
