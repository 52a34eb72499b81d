"""Azure Machine Learning platforms as code: Environment → Bicep → ARM template → plan → deployment."""

__version__ = "0.1.0"
