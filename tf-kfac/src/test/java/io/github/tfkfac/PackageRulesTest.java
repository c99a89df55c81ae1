package io.github.tfkfac;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.github.tfkfac.internal.factor.DepthwiseMoments;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.state.StateStore;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may know whom, and who may touch the state and the order of a graph. */
class PackageRulesTest {

  private static final String ROOT = "io.github.tfkfac";
  private static final String EXTENSION = ROOT + ".extension";
  private static final String INTERNAL = ROOT + ".internal.";

  /** Every internal package may use those before it, and the types of the public packages. */
  private static final List<String> ORDER =
      List.of(
          "state",
          "graph",
          "worker",
          "gradient",
          "capture",
          "linalg",
          "factor",
          "damping",
          "precondition",
          "twolevel",
          "update",
          "diagnostics",
          "optimizer");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.github.tfkfac");

  @Test
  void everyPackageHasItsPlace() {
    assertThat(CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()))
        .isEqualTo(
            Stream.concat(Stream.of(ROOT, EXTENSION), ORDER.stream().map(name -> INTERNAL + name))
                .collect(Collectors.toSet()));
  }

  @Test
  void internalPackagesUseOnlyThoseBeforeThem() {
    for (int i = 0; i < ORDER.size() - 1; i++) {
      noClasses()
          .that()
          .resideInAPackage(INTERNAL + ORDER.get(i))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(internal(ORDER.subList(i + 1, ORDER.size())))
          .check(CLASSES);
    }
  }

  @Test
  void linearAlgebraUsesNothingInternalAndUpdateRulesUseItAndGates() {
    assertUsesOnly("linalg", List.of("linalg"));
    assertUsesOnly("update", List.of("update", "linalg", "state"));
  }

  private static void assertUsesOnly(String name, List<String> used) {
    noClasses()
        .that()
        .resideInAPackage(INTERNAL + name)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(internal(ORDER.stream().filter(any -> !used.contains(any)).toList()))
        .check(CLASSES);
  }

  private static String[] internal(List<String> names) {
    return names.stream().map(name -> INTERNAL + name).toArray(String[]::new);
  }

  @Test
  void controlDependenciesAreWrittenInFewPlaces() {
    noClasses()
        .that(
            DescribedPredicate.not(
                belongToAnyOf(Gate.class, OrderedOps.class, DepthwiseMoments.class)
                    .or(nameMatching(".*\\.factor\\.Patches"))
                    .or(nameMatching(".*\\.gradient\\.LibraryGradient"))))
        .should()
        .callMethodWhere(
            target(nameMatching("withControlDependenc.*|addControlInput"), "control dependencies"))
        .because(
            "the order of side effects is decided in Gate and OrderedOps; the moments of"
                + " convolutions only bound how many copies of the input are held at a time, and"
                + " the derivatives of TensorFlow's library are copied as they are")
        .check(CLASSES);
  }

  @Test
  void variablesAreCreatedByTheStateStoreOnly() {
    noClasses()
        .that(DescribedPredicate.not(belongToAnyOf(StateStore.class)))
        .should()
        .callMethodWhere(
            target(nameMatching("variable|varHandleOp|temporaryVariable"), "new variables"))
        .check(CLASSES);
  }

  @Test
  void graphFunctionsHaveNoSideEffects() {
    noClasses()
        .that()
        .resideInAnyPackage(
            internal(List.of("linalg", "factor", "damping", "precondition", "twolevel", "update")))
        .should()
        .callMethodWhere(target(nameMatching("assign.*"), "assignments"))
        .check(CLASSES);
  }

  @Test
  void nothingIsPrinted() {
    GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
  }

  private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaMethodCall> target(
      DescribedPredicate<? super AccessTarget.MethodCallTarget> name, String description) {
    return DescribedPredicate.describe(
        description,
        call ->
            call.getTargetOwner().getPackageName().startsWith("org.tensorflow")
                && name.test(call.getTarget()));
  }
}
