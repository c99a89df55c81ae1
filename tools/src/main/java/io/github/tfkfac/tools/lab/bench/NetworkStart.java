package io.github.tfkfac.tools.lab.bench;

/**
 * Cost of starting a training: size of the graph and times.
 *
 * @param operations operations in the graph: training, evaluation and checkpoints
 * @param buildMilliseconds time to build the graph
 * @param firstStepMilliseconds time of the first step, in which TensorFlow prepares the graph and
 *     NKFAC updates statistics and inverses
 */
public record NetworkStart(
    long operations, double buildMilliseconds, double firstStepMilliseconds) {}
