package io.github.tfkfac.models.train;

import io.github.tfkfac.models.data.BatcherPosition;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a run starts.
 *
 * @param step training steps done before
 * @param position place in the training data
 * @param totalSteps training steps of the whole run, those done before included
 * @param resumedFrom the checkpoint it goes on from, if any
 */
public record StartReport(
    long step, BatcherPosition position, long totalSteps, Optional<Path> resumedFrom) {}
