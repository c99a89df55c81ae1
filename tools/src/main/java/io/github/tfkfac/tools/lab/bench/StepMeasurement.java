package io.github.tfkfac.tools.lab.bench;

/**
 * All that a {@link StepBenchmark} finds.
 *
 * @param times of the parts of a step
 * @param momentum the beginning of training with momentum
 * @param nkfac the beginning of training with NKFAC
 * @param peakBytesOfMomentum the process's largest memory before NKFAC's network was built; 0 if
 *     the system does not tell
 * @param peakBytes the same at the end, both networks in one process
 */
public record StepMeasurement(
    StepTimes times,
    NetworkStart momentum,
    NetworkStart nkfac,
    long peakBytesOfMomentum,
    long peakBytes) {}
