package io.github.tfkfac.models.train;

import io.github.tfkfac.models.data.BatcherPosition;

/**
 * Position of a run after a step.
 *
 * @param step training steps done
 * @param before place in the data before the step
 * @param after place in the data after it
 */
public record Progress(long step, BatcherPosition before, BatcherPosition after) {}
