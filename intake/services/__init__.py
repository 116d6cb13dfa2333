"""Every write of intake, one verb each. Import the module you need: `services.answers.submit`."""
