"""The application: factory, configuration, wiring, portal and command line."""
