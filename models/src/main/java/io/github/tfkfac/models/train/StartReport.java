package io.github.tfkfac.models.train;

import io.github.tfkfac.models.data.BatcherPosition;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Starting point of a run.
 *
 * @param step training steps done before
 * @param position place in the training data
 * @param totalSteps training steps of the whole run, those done before included
 * @param resumedFrom the checkpoint it is resumed from, if any
 */
public record StartReport(
    long step, BatcherPosition position, long totalSteps, Optional<Path> resumedFrom) {}
