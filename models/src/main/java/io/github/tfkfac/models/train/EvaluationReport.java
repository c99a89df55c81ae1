package io.github.tfkfac.models.train;

/**
 * An evaluation during training.
 *
 * @param step training steps done
 * @param epoch passes over the training data completed
 * @param evaluation the result
 */
public record EvaluationReport(long step, int epoch, ClassificationMetrics evaluation) {}
