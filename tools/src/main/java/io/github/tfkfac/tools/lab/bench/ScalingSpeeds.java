package io.github.tfkfac.tools.lab.bench;

/**
 * Speeds of a worker and of its network, of which an iteration's time is calculated.
 *
 * @param bandwidth bytes per second that a worker receives, and sends at the same time
 * @param latency seconds of one message
 * @param training floating point operations per second of passes and preconditioning
 * @param statistics the same of second moments
 * @param refresh the same of decompositions
 * @param launch seconds that the refresh of a factor takes besides its operations
 */
public record ScalingSpeeds(
    double bandwidth,
    double latency,
    double training,
    double statistics,
    double refresh,
    double launch) {

  public ScalingSpeeds {
    if (!(bandwidth > 0 && training > 0 && statistics > 0 && refresh > 0)
        || !(latency >= 0 && launch >= 0)) {
      throw new IllegalArgumentException(
          "expected a bandwidth and speeds > 0, and times >= 0, found bandwidth %s, training %s, statistics %s, refresh %s, latency %s, launch %s"
              .formatted(bandwidth, training, statistics, refresh, latency, launch));
    }
  }
}
