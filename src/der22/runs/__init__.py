"""Keeping a result folder true: plan, frozen inputs, manifests, what runs again, audits."""
