"""The same examples in every run: a property that fails once fails again."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "proof",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=100,
    phases=[Phase.explicit, Phase.generate],  # to shrink a program takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("proof")
