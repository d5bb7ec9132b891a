"""The two Django projects that are measured: ours and the peers', as alike as they can be."""
