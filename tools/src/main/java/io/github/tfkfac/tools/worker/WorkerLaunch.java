package io.github.tfkfac.tools.worker;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.CollectiveHint;
import io.github.tfkfac.WorkerLostException;
import io.github.tfkfac.models.train.TrainingDivergedException;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.error.Failure;
import io.github.tfkfac.tools.option.SettingOptions;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A command that may be run by several processes together: starts them, or joins the others.
 *
 * @param console where to write
 * @param spec of the command, which takes {@link WorkerSettings#TABLE}
 */
public record WorkerLaunch(Console console, CommandSpec spec) {

  /** After the last exchange, in which the other workers receive what this one sent. */
  private static final long LINGER_MILLISECONDS = 1000;

  /** Part of a command that one process runs. */
  @FunctionalInterface
  public interface Work {

    /** Does it as one of the workers, or alone; returns the exit code. */
    int run(TrainingWorkers workers) throws IOException;
  }

  /**
   * Runs it.
   *
   * @param threads whether the number of threads is given, so that the cores need not be divided
   * @return the exit code
   */
  public int run(boolean threads, Work work) throws IOException {
    WorkerSettings settings = WorkerSettings.of(SettingOptions.given(spec, WorkerSettings.TABLE));
    Optional<LocalParent> parent = LocalParent.ofThisProcess();
    if (parent.isEmpty() && settings.local() > 1) {
      return new LocalWorkers(console, settings.local())
          .run(spec.root().commandLine().getParseResult().originalArgs(), threads);
    }
    Optional<Cluster> cluster = settings.cluster().filter(some -> some.count() > 1);
    return cluster.isEmpty()
        ? work.run(TrainingWorkers.alone())
        : joined(cluster.get(), settings, parent, work);
  }

  private int joined(
      Cluster cluster, WorkerSettings settings, Optional<LocalParent> parent, Work work)
      throws IOException {
    ClusterSession session = ClusterSession.start(cluster, settings.limits(), CollectiveHint.AUTO);
    session.awaitOthers(
        news -> {
          console.err().println("kfac: " + news);
          console.err().flush();
        });
    TrainingWorkers workers = TrainingWorkers.of(session);
    try {
      return work.run(workers);
    } catch (WorkerLostException lost) {
      throw new WorkerLostException(
          lost.getMessage() + "; to continue: " + goOn(workers, settings, parent), lost);
    } catch (TrainingDivergedException diverged) {
      if (workers.isChief()) {
        throw diverged;
      }
      return Failure.FAILED; // all workers see it, the chief says it
    } finally {
      linger();
    }
  }

  /** The command with which the run goes on. */
  private String goOn(
      TrainingWorkers workers, WorkerSettings settings, Optional<LocalParent> parent) {
    if (workers.folder().isEmpty()) {
      return "start all workers again";
    }
    String resume =
        "./%s --resume %s"
            .formatted(spec.qualifiedName(), ShellWords.join(List.of(workers.folder())));
    if (parent.isPresent()) {
      return resume + " --local-workers " + parent.get().count();
    }
    return resume
        + settings
            .all()
            .find(WorkerSettings.ADDRESSES)
            .map(addresses -> " --workers " + addresses + " --worker I")
            .orElse("")
        + " on every worker";
  }

  private static void linger() {
    try {
      Thread.sleep(LINGER_MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
