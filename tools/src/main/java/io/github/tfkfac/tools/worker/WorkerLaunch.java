package io.github.tfkfac.tools.worker;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.WorkerLostException;
import io.github.tfkfac.models.train.TrainingDivergedException;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.error.Failure;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.option.RunFolderOptions;
import io.github.tfkfac.tools.option.SettingOptions;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.RecordedLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A command that may be run by several processes together: starts them, or joins the others.
 *
 * @param console where to write
 * @param spec of the command, which takes {@link WorkerSettings#TABLE}
 * @param folders of its run
 */
public record WorkerLaunch(Console console, CommandSpec spec, RunFolderOptions folders) {

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
    Map<String, String> given = SettingOptions.given(spec, WorkerSettings.TABLE);
    WorkerSettings settings = WorkerSettings.of(given);
    Optional<WorkerLayout> wanted =
        Optional.ofNullable(given.get(RecordedLayout.SETTING.name()))
            .map(text -> settings.all().get(RecordedLayout.SETTING));
    Optional<LocalParent> parent = LocalParent.ofThisProcess();
    if (parent.isEmpty() && settings.local() > 1) {
      return new LocalWorkers(console, settings.local(), settings.limits().step())
          .run(spec.root().commandLine().getParseResult().originalArgs(), threads);
    }
    Optional<Cluster> cluster = settings.cluster().filter(some -> some.count() > 1);
    Optional<Path> divided = divided(wanted, cluster.map(Cluster::count).orElse(1));
    return cluster.isEmpty()
        ? work.run(TrainingWorkers.alone())
        : joined(cluster.get(), divided, settings, parent, work);
  }

  /** The folder of a run whose state is divided among the workers. */
  private Optional<Path> divided(Optional<WorkerLayout> wanted, int count) throws IOException {
    Optional<Path> resumed = folders.resumed();
    if (resumed.isEmpty()) {
      Optional<Path> begun =
          wanted
              .filter(layout -> layout == WorkerLayout.MEMORY && count > 1)
              .map(layout -> named());
      begun.ifPresent(RunFolder::requireAbsent);
      return begun;
    }
    RunFolder folder = RunFolder.existing(resumed.get());
    RecordedLayout layout = RecordedLayout.of(folder);
    layout.require(folder, wanted, count);
    return layout.layout() == WorkerLayout.MEMORY ? Optional.of(folder.path()) : Optional.empty();
  }

  private Path named() {
    return folders
        .named()
        .orElseThrow(
            () ->
                new UserError(
                    "expected --name with --worker-layout memory, since every worker saves its part in the run's folder; give all workers the same name"));
  }

  private int joined(
      Cluster cluster,
      Optional<Path> divided,
      WorkerSettings settings,
      Optional<LocalParent> parent,
      Work work)
      throws IOException {
    ClusterSession session =
        ClusterSession.start(cluster, settings.limits(), settings.collectives());
    session.awaitOthers(
        news -> {
          console.err().println("kfac: " + news);
          console.err().flush();
        });
    TrainingWorkers whole = TrainingWorkers.of(session);
    TrainingWorkers workers = divided.map(whole::dividing).orElse(whole);
    UnaryOperator<WorkerLostException> explained =
        lost ->
            new WorkerLostException(
                lost.getMessage() + "; to continue: " + goOn(workers, settings, parent), lost);
    workers.whenLost(lost -> end(explained.apply(lost)));
    try {
      return work.run(workers);
    } catch (WorkerLostException lost) {
      throw explained.apply(lost);
    } catch (TrainingDivergedException diverged) {
      if (workers.isChief()) {
        throw diverged;
      }
      return Failure.FAILED; // all workers see it, the chief says it
    } finally {
      linger();
    }
  }

  /** Ends the process, in which a run that nothing can interrupt waits for another worker. */
  private void end(WorkerLostException lost) {
    int exitCode = Failure.of(lost).tell(console.err());
    console.err().flush();
    Runtime.getRuntime().halt(exitCode);
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
