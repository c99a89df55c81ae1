package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.DampingAdaptation;
import io.github.tfkfac.ExampleMask;
import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.Folding;
import io.github.tfkfac.GradientClipping;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LevenbergMarquardt;
import io.github.tfkfac.NamePattern;
import io.github.tfkfac.NormalizationParameters;
import io.github.tfkfac.Positions;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.SharedUses;
import io.github.tfkfac.Soap;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.WorkerLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.op.Op;
import org.tensorflow.types.family.TNumber;

/** An optimizer of a network, what it is fed, and how often it refreshes. */
enum WorkerScenario {
  SGD(model -> new FirstOrder(model.graph.graph, TrainingOptions.sgdm(0.05, 1e-3))),
  ADAM_W(model -> new FirstOrder(model.graph.graph, TrainingOptions.adamW(0.01, 1e-2))),
  MUON(model -> new FirstOrder(model.graph.graph, TrainingOptions.muon(0.01, 1e-2))),
  SHAMPOO(model -> new FirstOrder(model.graph.graph, TrainingOptions.shampoo(0.01, 1e-2))),
  SOAP(model -> new FirstOrder(model.graph.graph, soap())),
  MUON_BROKEN(model -> new FirstOrder(model.graph.graph, TrainingOptions.muon(0.01, 1e-2))),
  SOAP_BROKEN(model -> new FirstOrder(model.graph.graph, soap())),
  NKFAC(KfacOptions.nkfac()),
  NKFAC_EXACT(KfacOptions.nkfac().withRefreshes(RefreshPolicy.exactEvery(5))),
  ADA_NKFAC(KfacOptions.adaNkfac().withLearningRate(0.01)),
  KFAC(KfacOptions.kfac()),
  KFAC_TIKHONOV(KfacOptions.kfacTikhonov()),
  EKFAC(KfacOptions.ekfac()),
  KFAC_STAR(KfacOptions.kfacStar()),
  SKFAC(KfacOptions.skfac()),
  SKFAC_STAR(KfacOptions.skfacStar()),
  TWO_LEVEL(KfacOptions.twoLevel()),
  NKFAC_STAGGERED(KfacOptions.nkfac().staggered()),
  KFAC_STAGGERED(KfacOptions.kfac().staggered()),
  EKFAC_STAGGERED(KfacOptions.ekfac().staggered()),
  SKFAC_STAGGERED(KfacOptions.skfac().staggered()),
  NKFAC_CERTIFIED(KfacOptions.nkfac().withCertification(1e-3)),
  NKFAC_ACCUMULATED(accumulated(KfacOptions.nkfac())),
  KFAC_ACCUMULATED(accumulated(KfacOptions.kfacTikhonov())),
  NKFAC_CLIPPED(KfacOptions.nkfac().withClipping(GradientClipping.globalNorm(0.1))),
  NKFAC_REDUCED(KfacOptions.nkfac().withFactors(f -> f.withPositions(Positions.reduce()))),
  KFAC_SEQUENTIAL(KfacOptions.kfac().withFactors(f -> f.withUses(SharedUses.SEQUENTIAL))),
  KFAC_BLOCKS(KfacOptions.kfac().withLayers(l -> l.withLimit(FactorLimit.blocks(3)))),
  KFAC_ONE_SIDED(KfacOptions.kfac().withLayers(l -> l.withLimit(FactorLimit.oneSided(5)))),
  SKFAC_BLOCKS(KfacOptions.skfac().withLayers(l -> l.withLimit(FactorLimit.blocks(3)))),
  NKFAC_PER_LAYER(
      KfacOptions.nkfac()
          .withLayer("fc*", layer -> layer.withRefreshes(RefreshPolicy.exactEvery(7)))
          .withSkippedLayers("twice")),
  NKFAC_UNIT_WISE(unitWise(KfacOptions.nkfac())),
  KFAC_UNIT_WISE(unitWise(KfacOptions.kfacTikhonov())),
  SKFAC_UNIT_WISE(unitWise(KfacOptions.skfac())),
  KFAC_EXACT_FISHER(KfacOptions.kfac().withFisher(Fisher.exact())),
  EKFAC_EXACT_FISHER(KfacOptions.ekfac().withFisher(Fisher.exact())),
  SKFAC_EXACT_FISHER(KfacOptions.skfac().withFisher(Fisher.exact())),
  KFAC_ADAPTED(KfacOptions.kfac().withAdaptiveDamping(LevenbergMarquardt.within(1e-3, 1e3))),
  NKFAC_MASKED(KfacOptions.nkfac()),
  KFAC_MASKED(KfacOptions.kfac()),
  EKFAC_MASKED(KfacOptions.ekfac()),
  SKFAC_MASKED(KfacOptions.skfac()),
  SKFAC_STAR_MASKED(KfacOptions.skfacStar()),
  TWO_LEVEL_MASKED(KfacOptions.twoLevel()),
  NKFAC_MASKED_ACCUMULATED(accumulated(KfacOptions.nkfac())),
  NKFAC_BROKEN(KfacOptions.nkfac()),
  EKFAC_BROKEN(KfacOptions.ekfac()),
  SKFAC_BROKEN(KfacOptions.skfac());

  @SuppressWarnings("ImmutableEnumChecker") // a pure function
  private final Function<WorkerModel<?>, TrainingOptimizer> optimizer;

  private final int microBatches;

  WorkerScenario(Function<WorkerModel<?>, TrainingOptimizer> optimizer) {
    this.optimizer = optimizer;
    this.microBatches = 1;
  }

  WorkerScenario(KfacOptions preset) {
    KfacOptions often = name().startsWith("NKFAC_EXACT") ? preset : preset.withPeriods(2, 5);
    KfacOptions options = name().startsWith("ADA") ? often : often.withLearningRate(0.03);
    this.microBatches = options.training().accumulation();
    this.optimizer = model -> kfac(model, options);
  }

  /** Axes whose factors have full rank: eigenvectors of equal eigenvalues depend on rounding. */
  private static TrainingOptions soap() {
    return TrainingOptions.soap(0.01, 1e-2)
        .withRule(Soap.standard().withFolding(Folding.MATRIX).withLongestAxis(3));
  }

  private static KfacOptions accumulated(KfacOptions options) {
    return options.withTraining(given -> given.withAccumulation(2));
  }

  private static KfacOptions unitWise(KfacOptions options) {
    return options.withLayers(layers -> layers.withNormalization(NormalizationParameters.UNITWISE));
  }

  private Kfac kfac(WorkerModel<?> model, KfacOptions options) {
    if (isMasked()) {
      return Kfac.masked(
          model.graph.graph, options, List.of(new ExampleMask(new NamePattern("*"), model.mask)));
    }
    return options.factors().fisher() instanceof Fisher.Empirical
        ? new Kfac(model.graph.graph, options)
        : new Kfac(
            model.graph.graph, options, List.of(PredictiveDistribution.gaussian(model.output)));
  }

  private boolean isMasked() {
    return name().contains("MASKED");
  }

  /**
   * Examples of a worker: enough for averages of full rank where a spectrum is estimated in their
   * eigenbasis, which means nothing in the eigenspace of several equal eigenvalues.
   */
  private int part() {
    return name().startsWith("EKFAC") ? 16 : 4;
  }

  /** Padding at other places in every batch; of some the last worker has nothing else. */
  private double[] counted(int batch, int size) {
    double[] counted = new double[size];
    Arrays.fill(counted, 1);
    if (isMasked()) {
      for (int i = 0; i < size; i++) {
        boolean padding = (i * 7 + batch * 3) % 5 == 0 || (batch % 4 == 1 && i >= size - part());
        counted[i] = padding ? 0 : 1;
      }
    }
    return counted;
  }

  /** An example of the last worker. */
  private int broken(int batch, int size) {
    return name().contains("BROKEN") && batch % 9 == 4 ? size - 1 : -1;
  }

  private static final int STEPS = 40;

  /**
   * What a run leaves.
   *
   * @param variables every one by name
   */
  record Outcome(Map<String, List<Double>> variables, TrainingHealth health) {}

  /**
   * Trains.
   *
   * @param worker this one; nothing if one process has the whole batch
   */
  <T extends TNumber> Outcome run(
      Class<T> type, int workers, WorkerLayout layout, Optional<ClusterSession> worker) {
    WorkerModel<T> model = new WorkerModel<>(type);
    try (var graph = model.graph) {
      TrainingOptimizer training = optimizer.apply(model);
      worker.ifPresent(own -> share(training, own, layout));
      Op train = training.minimize(model.loss);
      Optional<DampingAdaptation> adaptation =
          training instanceof Kfac kfac ? kfac.dampingAdaptation() : Optional.empty();
      if (worker.isPresent()) {
        graph.start(config -> worker.get().open(graph.graph, config));
        worker.get().initialize(graph.session());
      } else {
        graph.start();
      }
      int part = part();
      int size = workers * part;
      int from = worker.map(own -> own.cluster().index() * part).orElse(0);
      int to = worker.isPresent() ? from + part : size;
      for (int step = 0; step < STEPS; step++) {
        for (int micro = 0; micro < microBatches; micro++) {
          int batch = step * microBatches + micro;
          model.feed(batch, counted(batch, size), broken(batch, size), from, to);
          graph.run(train);
        }
        if (adaptation.isPresent() && adaptation.get().due(step + 1)) {
          graph.run(adaptation.get().op());
        }
      }
      return new Outcome(graph.everyVariable(), training.health(graph.session()));
    }
  }

  private static void share(
      TrainingOptimizer training, ClusterSession worker, WorkerLayout layout) {
    if (training instanceof Kfac kfac) {
      kfac.acrossWorkers(worker.workers(), layout);
    } else {
      training.acrossWorkers(worker.workers());
    }
  }
}
