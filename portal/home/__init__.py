"""Entry pages: the patient's Today, the clinician's Day, navigation, errors, health.

Gathers every installed app's cards through `registry` without importing any of them.
"""
