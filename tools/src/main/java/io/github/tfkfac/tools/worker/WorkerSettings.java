package io.github.tfkfac.tools.worker;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterSession.TimeLimits;
import io.github.tfkfac.CollectiveHint;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.RecordedLayout;
import io.github.tfkfac.tools.setting.Form;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of processes that train together. All but the layout of the memory are no part of a
 * run's record, so that a run may go on with other workers.
 *
 * @param all the settings in effect
 */
public record WorkerSettings(Settings all) {

  public static final Setting<Integer> LOCAL =
      Setting.count(
              "local-workers",
              "N",
              "Processes on this machine that train together, each on an equal part of every"
                  + " batch.")
          .check(count -> count > 0, "> 0 local workers");

  public static final Setting<String> ADDRESSES =
      Setting.text(
          "workers",
          "HOST:PORT,...",
          "Addresses of all processes that train together, the same text on each; without it those"
              + " of the environment variable TF_CONFIG, if it is set.");

  public static final Setting<Integer> INDEX =
      Setting.count(
          "worker",
          "I",
          "Which of the --workers this process is, from 0; worker 0 writes the run's folder.");

  private static final Setting<CollectiveHint> COLLECTIVES =
      new Setting<>(
              "worker-collectives",
              "NAME",
              Form.oneOf(
                  "collectives",
                  Form.ordered(
                      Map.entry("auto", CollectiveHint.AUTO),
                      Map.entry("ring", CollectiveHint.RING),
                      Map.entry("nccl", CollectiveHint.NCCL))),
              "What exchanges values: auto (TensorFlow's choice), ring (over the network), or nccl"
                  + " (among GPUs, with TensorFlow's native for them).")
          .defaultsTo(CollectiveHint.AUTO);

  private static final Setting<Integer> START_SECONDS =
      Setting.count("start-timeout", "SECONDS", "Longest wait until all workers have started.")
          .defaultsTo(Math.toIntExact(TimeLimits.DEFAULT.start().toSeconds()))
          .check(seconds -> seconds > 0, "> 0 seconds until all workers have started");

  private static final Setting<Integer> STEP_SECONDS =
      Setting.count(
              "step-timeout",
              "SECONDS",
              "Longest time of a step, the first one's preparation included, after which a worker"
                  + " counts as lost.")
          .defaultsTo(Math.toIntExact(TimeLimits.DEFAULT.step().toSeconds()))
          .check(seconds -> seconds > 0, "> 0 seconds of a step");

  /** Their lines. */
  public static final List<Setting<?>> TABLE =
      Setting.section(
          "Workers",
          List.of(
              LOCAL,
              ADDRESSES,
              INDEX,
              RecordedLayout.SETTING,
              COLLECTIVES,
              START_SECONDS,
              STEP_SECONDS));

  /** Settings from option values by name. */
  public static WorkerSettings of(Map<String, String> given) {
    return new WorkerSettings(Settings.of(TABLE, given));
  }

  /** How many processes to start on this machine, 1 if they are started in another way. */
  int local() {
    Optional<Integer> count = all.find(LOCAL);
    if (count.isPresent() && all.has(ADDRESSES.name())) {
      throw new UserError(
          "--local-workers starts processes on this machine, --workers names those that are started elsewhere; leave one of them out");
    }
    return count.orElse(1);
  }

  /** The cluster that this process is a worker of, if it is. */
  Optional<Cluster> cluster() {
    Optional<Integer> index = all.find(INDEX);
    Optional<String> addresses = all.find(ADDRESSES);
    if (index.isPresent() != addresses.isPresent()) {
      throw new UserError(
          "expected --workers and --worker together, found only --%s; give the addresses of all workers and the place of this one, from 0"
              .formatted(index.isPresent() ? INDEX.name() : ADDRESSES.name()));
    }
    return addresses.isPresent()
        ? Optional.of(Cluster.of(addresses.get(), index.orElseThrow()))
        : Cluster.fromEnvironment();
  }

  /** What exchanges values. */
  CollectiveHint collectives() {
    return all.get(COLLECTIVES);
  }

  TimeLimits limits() {
    return new TimeLimits(
        Duration.ofSeconds(all.get(START_SECONDS)), Duration.ofSeconds(all.get(STEP_SECONDS)));
  }
}
