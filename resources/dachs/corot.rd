<?xml version='1.0' encoding='UTF-8'?>
<!-- Written by `make generate` from the declared columns; docs/federation.md tells what to do with it. -->
<resource schema="corot">
  <meta name="creationDate">2026-11-28T00:00:00Z</meta>
  <meta name="title">CoRoT light curves</meta>
  <meta name="description">Stars, runs and light curves of the CoRoT satellite. Science-ready light curves of the faint stars (about R 11 to 16) that the satellite CoRoT observed with its exoplanet channel from 2007 to 2012, for up to five months without interruption: in white light or in three colours, sampled every 512 s or 32 s, corrected for the effects of instrument and orbit, with times at the solar-system barycentre. Science-ready light curves of the bright stars (about V 5 to 10) that the satellite CoRoT observed with its seismology channel from 2007 to 2012, for up to five months without interruption: sampled every 32 s, corrected for the effects of instrument and orbit, with times at the solar-system barycentre, also on a regular grid without gaps.</meta>
  <meta name="subject">light-curves</meta>
  <meta name="subject">exoplanets</meta>
  <meta name="subject">transit-photometry</meta>
  <meta name="subject">variable-stars</meta>
  <meta name="subject">asteroseismology</meta>
  <meta name="subject">stellar-oscillations</meta>
  <meta name="creator.name">CoRoT consortium</meta>
  <meta name="facility">CoRoT</meta>
  <meta name="instrument">CoRoT exoplanet channel</meta>
  <meta name="instrument">CoRoT seismology channel</meta>
  <meta name="source">2009A&amp;A...506..411A</meta>
  <meta name="rights">The data are public once they are released, one year after their delivery. Please name in publications the CoRoT mission, which was developed and operated by the CNES with contributions of Austria, Belgium, Brazil, ESA, Germany and Spain.</meta>
  <meta name="contentLevel">Research</meta>
  <meta name="type">Archive</meta>
  <meta name="coverage.waveband">Optical</meta>
  <table id="runs" onDisk="True" adql="True">
    <meta name="title">CoRoT runs</meta>
    <meta name="description">The 26 pointings of the satellite. The bright-star (seismology) and faint-star (exoplanet) channels of one run start and end apart; a time that is not known is NULL.</meta>
    <column name="run_code" type="text" ucd="meta.id;meta.main" tablehead="run_code" description="Code of the run: type, R, direction (c or a), number; LRc01, say" verbLevel="1" required="True"/>
    <column name="run_type" type="text" ucd="meta.code.class" tablehead="run_type" description="initial, long or short run" verbLevel="1" required="True"/>
    <column name="direction" type="text" ucd="meta.code" tablehead="direction" description="Direction observed: centre (near 18h50) or anticentre (near 06h50)" verbLevel="1" required="True"/>
    <column name="run_number" type="smallint" ucd="meta.number" tablehead="run_number" description="Number of the run among those of its type and direction" required="True"/>
    <column name="exo_start" type="timestamp" ucd="time.start;obs" tablehead="exo_start" description="First start of the exoplanet channel's light curves in this run (UTC)" verbLevel="1"/>
    <column name="exo_end" type="timestamp" ucd="time.end;obs" tablehead="exo_end" description="Last end of the exoplanet channel's light curves in this run (UTC)" verbLevel="1"/>
    <column name="seismo_start" type="timestamp" ucd="time.start;obs" tablehead="seismo_start" description="First start of the seismology channel's light curves in this run (UTC)" verbLevel="1"/>
    <column name="seismo_end" type="timestamp" ucd="time.end;obs" tablehead="seismo_end" description="Last end of the seismology channel's light curves in this run (UTC)" verbLevel="1"/>
    <viewStatement>CREATE VIEW \qName AS (TABLE corot_remote.runs)</viewStatement>
  </table>
  <table id="stars" onDisk="True" adql="True">
    <meta name="title">CoRoT stars</meta>
    <meta name="description">The stars observed, with what the input catalogue knew of them. A star is listed as soon as one of its products is.</meta>
    <stc>Position ICRS "ra" "dec"</stc>
    <column name="corot_id" type="bigint" ucd="meta.id;meta.main" tablehead="corot_id" description="CoRoT identifier of the star" verbLevel="1" required="True"/>
    <column name="star_name" type="text" ucd="meta.id" tablehead="star_name" description="Name of the star, where it has one beside its number" verbLevel="1"/>
    <column name="ra" type="double precision" unit="deg" ucd="pos.eq.ra;meta.main" tablehead="ra" description="Right ascension of the star (ICRS)" verbLevel="1" required="True"/>
    <column name="dec" type="double precision" unit="deg" ucd="pos.eq.dec;meta.main" tablehead="dec" description="Declination of the star (ICRS)" verbLevel="1" required="True"/>
    <column name="mag_b" type="real" unit="mag" ucd="phot.mag;em.opt.B" tablehead="mag_b" description="Magnitude in B, from the input catalogue"/>
    <column name="mag_v" type="real" unit="mag" ucd="phot.mag;em.opt.V" tablehead="mag_v" description="Magnitude in V, from the input catalogue"/>
    <column name="mag_r" type="real" unit="mag" ucd="phot.mag;em.opt.R" tablehead="mag_r" description="Magnitude in R, from the input catalogue" verbLevel="1"/>
    <column name="mag_i" type="real" unit="mag" ucd="phot.mag;em.opt.I" tablehead="mag_i" description="Magnitude in I, from the input catalogue"/>
    <column name="b_v" type="real" unit="mag" ucd="phot.color;em.opt.B;em.opt.V" tablehead="b_v" description="Colour index B-V, from the input catalogue"/>
    <column name="spectral_type" type="text" ucd="src.spType" tablehead="spectral_type" description="Spectral type, from the input catalogue"/>
    <column name="luminosity_class" type="text" ucd="src.class.luminosity" tablehead="luminosity_class" description="Luminosity class, from the input catalogue"/>
    <column name="teff" type="real" unit="K" ucd="phys.temperature.effective" tablehead="teff" description="Effective temperature of the star"/>
    <viewStatement>CREATE VIEW \qName AS (TABLE corot_remote.stars)</viewStatement>
  </table>
  <table id="products" onDisk="True" adql="True">
    <meta name="title">CoRoT products</meta>
    <meta name="description">Every version of every light curve you may see. Where the data are not yours before their release, what is computed from the flux is NULL.</meta>
    <foreignKey inTable="runs" source="run_code" dest="run_code" metaOnly="True"/>
    <foreignKey inTable="stars" source="corot_id" dest="corot_id" metaOnly="True"/>
    <stc>Position ICRS "ra" "dec"</stc>
    <column name="publisher_did" type="text" ucd="meta.ref.ivoid" tablehead="publisher_did" description="Publisher's identifier of this version of the product, as in ObsCore and SSA" verbLevel="1" required="True"/>
    <column name="corot_id" type="bigint" ucd="meta.id;src" tablehead="corot_id" description="CoRoT identifier of the star" verbLevel="1" required="True"/>
    <column name="run_code" type="text" ucd="meta.id;obs" tablehead="run_code" description="Run the light curve was observed in" verbLevel="1" required="True"/>
    <column name="product_type" type="text" ucd="meta.code.class" tablehead="product_type" description="Kind of product: EN2_STAR_CHR (three colours), EN2_STAR_MON, EN2_STAR_IMAG, AN2_STAR" verbLevel="1" required="True"/>
    <column name="product_level" type="text" ucd="meta.code;obs.calib" tablehead="product_level" description="Level of processing: N1A (Exo Alert), N1 or N2" required="True"/>
    <column name="channel" type="text" ucd="meta.id;instr" tablehead="channel" description="exoplanet (faint stars) or seismology (bright stars)" verbLevel="1" required="True"/>
    <column name="version" type="text" ucd="meta.version" tablehead="version" description="Version of the processing, named by its release; N2-4.4, say" verbLevel="1" required="True"/>
    <column name="is_latest" type="smallint" ucd="meta.code" tablehead="is_latest" description="1 for the latest version of the product that you may see, else 0" verbLevel="1" required="True"/>
    <column name="ra" type="double precision" unit="deg" ucd="pos.eq.ra;meta.main" tablehead="ra" description="Right ascension of the star (ICRS)" verbLevel="1" required="True"/>
    <column name="dec" type="double precision" unit="deg" ucd="pos.eq.dec;meta.main" tablehead="dec" description="Declination of the star (ICRS)" verbLevel="1" required="True"/>
    <column name="mag_b" type="real" unit="mag" ucd="phot.mag;em.opt.B" tablehead="mag_b" description="Magnitude in B, from the input catalogue"/>
    <column name="mag_v" type="real" unit="mag" ucd="phot.mag;em.opt.V" tablehead="mag_v" description="Magnitude in V, from the input catalogue"/>
    <column name="mag_r" type="real" unit="mag" ucd="phot.mag;em.opt.R" tablehead="mag_r" description="Magnitude in R, from the input catalogue" verbLevel="1"/>
    <column name="mag_i" type="real" unit="mag" ucd="phot.mag;em.opt.I" tablehead="mag_i" description="Magnitude in I, from the input catalogue"/>
    <column name="b_v" type="real" unit="mag" ucd="phot.color;em.opt.B;em.opt.V" tablehead="b_v" description="Colour index B-V, from the input catalogue"/>
    <column name="spectral_type" type="text" ucd="src.spType" tablehead="spectral_type" description="Spectral type, from the input catalogue"/>
    <column name="luminosity_class" type="text" ucd="src.class.luminosity" tablehead="luminosity_class" description="Luminosity class, from the input catalogue"/>
    <column name="teff" type="real" unit="K" ucd="phys.temperature.effective" tablehead="teff" description="Effective temperature of the star"/>
    <column name="ccd_half" type="text" ucd="meta.id;instr.det" tablehead="ccd_half" description="Half of the CCD the star was read from"/>
    <column name="start_utc" type="timestamp" ucd="time.start;obs" tablehead="start_utc" description="Start of the light curve, as its file is named (UTC)" verbLevel="1" required="True"/>
    <column name="end_utc" type="timestamp" ucd="time.end;obs" tablehead="end_utc" description="End of the light curve, as its file is named (UTC)" verbLevel="1" required="True"/>
    <column name="exposure_time" type="real" unit="s" ucd="time.duration;obs.exposure" tablehead="exposure_time" description="Exposure of one point: 32 or 512; NULL where the light curve has both"/>
    <column name="degree_chrom" type="real" ucd="meta.code" tablehead="degree_chrom" description="Degree of chromaticity, as the product's header gives it"/>
    <column name="contamination" type="real" ucd="stat.value" tablehead="contamination" description="Fraction of the flux in the mask that comes from other stars"/>
    <column name="n_hot_pixels" type="integer" ucd="meta.number;instr.pixel" tablehead="n_hot_pixels" description="Hot pixels in the mask">
      <values nullLiteral="-2147483648"/>
    </column>
    <column name="x_ccd" type="real" unit="pixel" ucd="pos.cartesian.x;instr.det" tablehead="x_ccd" description="Position of the star on the CCD, along x"/>
    <column name="y_ccd" type="real" unit="pixel" ucd="pos.cartesian.y;instr.det" tablehead="y_ccd" description="Position of the star on the CCD, along y"/>
    <column name="x_window" type="real" unit="pixel" ucd="pos.cartesian.x;instr.det" tablehead="x_window" description="Position of the star's window on the CCD, along x"/>
    <column name="y_window" type="real" unit="pixel" ucd="pos.cartesian.y;instr.det" tablehead="y_window" description="Position of the star's window on the CCD, along y"/>
    <column name="n_points" type="bigint" ucd="meta.number" tablehead="n_points" description="Points of the light curve at its native sampling" verbLevel="1" required="True"/>
    <column name="cadence" type="double precision" unit="s" ucd="time.interval" tablehead="cadence" description="Median time between two points" required="True"/>
    <column name="total_exposure" type="double precision" unit="s" ucd="time.duration;obs.exposure" tablehead="total_exposure" description="Exposure times of all points, added up" required="True"/>
    <column name="t_min" type="double precision" unit="d" ucd="time.start;obs.exposure" utype="obscore:Char.TimeAxis.Coverage.Bounds.Limits.StartTime" tablehead="t_min" description="Start of the first exposure at the satellite, as MJD in UTC" verbLevel="1" required="True"/>
    <column name="t_max" type="double precision" unit="d" ucd="time.end;obs.exposure" utype="obscore:Char.TimeAxis.Coverage.Bounds.Limits.StopTime" tablehead="t_max" description="End of the last exposure at the satellite, as MJD in UTC" verbLevel="1" required="True"/>
    <column name="bjd_tt_min" type="double precision" unit="d" ucd="time.start;obs.exposure" tablehead="bjd_tt_min" description="Middle of the first exposure at the barycentre, as Julian Date in TT" required="True"/>
    <column name="bjd_tt_max" type="double precision" unit="d" ucd="time.end;obs.exposure" tablehead="bjd_tt_max" description="Middle of the last exposure at the barycentre, as Julian Date in TT" required="True"/>
    <column name="time_span" type="double precision" unit="d" ucd="time.duration" tablehead="time_span" description="Time between the start of the first and the end of the last exposure" required="True"/>
    <column name="lc_mean_b" type="real" ucd="phot.count;em.opt;stat.mean" tablehead="lc_mean_b" description="Mean of the blue light curve (faint stars: electrons per 32 s; bright stars: electrons per second)"/>
    <column name="lc_rms_b" type="real" ucd="phot.count;em.opt;stat.stdev" tablehead="lc_rms_b" description="Standard deviation of the blue light curve (faint stars: electrons per 32 s; bright stars: electrons per second)"/>
    <column name="lc_mean_g" type="real" ucd="phot.count;em.opt;stat.mean" tablehead="lc_mean_g" description="Mean of the green light curve (faint stars: electrons per 32 s; bright stars: electrons per second)"/>
    <column name="lc_rms_g" type="real" ucd="phot.count;em.opt;stat.stdev" tablehead="lc_rms_g" description="Standard deviation of the green light curve (faint stars: electrons per 32 s; bright stars: electrons per second)"/>
    <column name="lc_mean_r" type="real" ucd="phot.count;em.opt;stat.mean" tablehead="lc_mean_r" description="Mean of the red light curve (faint stars: electrons per 32 s; bright stars: electrons per second)"/>
    <column name="lc_rms_r" type="real" ucd="phot.count;em.opt;stat.stdev" tablehead="lc_rms_r" description="Standard deviation of the red light curve (faint stars: electrons per 32 s; bright stars: electrons per second)"/>
    <column name="lc_mean_white" type="real" ucd="phot.count;em.opt;stat.mean" tablehead="lc_mean_white" description="Mean of the white light curve (faint stars: electrons per 32 s; bright stars: electrons per second)"/>
    <column name="lc_rms_white" type="real" ucd="phot.count;em.opt;stat.stdev" tablehead="lc_rms_white" description="Standard deviation of the white light curve (faint stars: electrons per 32 s; bright stars: electrons per second)"/>
    <column name="activity_level" type="real" ucd="src.var" tablehead="activity_level" description="Level of the star's activity"/>
    <column name="var_class1" type="text" ucd="src.class" tablehead="var_class1" description="Class of variability, choice 1"/>
    <column name="prob_var1" type="real" ucd="stat.probability" tablehead="prob_var1" description="Probability of choice 1 of the class of variability"/>
    <column name="var_class2" type="text" ucd="src.class" tablehead="var_class2" description="Class of variability, choice 2"/>
    <column name="prob_var2" type="real" ucd="stat.probability" tablehead="prob_var2" description="Probability of choice 2 of the class of variability"/>
    <column name="var_class3" type="text" ucd="src.class" tablehead="var_class3" description="Class of variability, choice 3"/>
    <column name="prob_var3" type="real" ucd="stat.probability" tablehead="prob_var3" description="Probability of choice 3 of the class of variability"/>
    <column name="has_mon" type="smallint" ucd="meta.code" tablehead="has_mon" description="1 if the star has a one-colour light curve in this run">
      <values nullLiteral="-32768"/>
    </column>
    <column name="has_chr" type="smallint" ucd="meta.code" tablehead="has_chr" description="1 if the star has a three-colour light curve in this run">
      <values nullLiteral="-32768"/>
    </column>
    <column name="has_exo_window" type="smallint" ucd="meta.code" tablehead="has_exo_window" description="1 if the star's window in this run is described (faint stars)">
      <values nullLiteral="-32768"/>
    </column>
    <column name="has_seismo" type="smallint" ucd="meta.code" tablehead="has_seismo" description="1 if the star has a bright-star light curve in this run">
      <values nullLiteral="-32768"/>
    </column>
    <column name="has_seismo_window" type="smallint" ucd="meta.code" tablehead="has_seismo_window" description="1 if the star's window in this run is described (bright stars)">
      <values nullLiteral="-32768"/>
    </column>
    <column name="obs_collection" type="text" ucd="meta.id" tablehead="obs_collection" description="Collection the product belongs to; says so if it is simulated" required="True"/>
    <column name="release_date" type="timestamp" ucd="time.release" utype="obscore:Curation.releaseDate" tablehead="release_date" description="When the data become public (UTC)" verbLevel="1" required="True"/>
    <column name="data_rights" type="text" ucd="meta.code" tablehead="data_rights" description="public or proprietary, now" verbLevel="1" required="True"/>
    <column name="access_url" type="text" ucd="meta.ref.url" tablehead="access_url" description="Where the product is downloaded from" verbLevel="1" required="True"/>
    <column name="file_name" type="text" ucd="meta.id;meta.file" tablehead="file_name" description="Name of the product's file" required="True"/>
    <column name="file_size" type="bigint" unit="byte" ucd="phys.size;meta.file" tablehead="file_size" description="Size of the product's file" required="True"/>
    <column name="checksum" type="text" ucd="meta.checksum" tablehead="checksum" description="SHA-256 of the product's file, in hexadecimal" required="True"/>
    <column name="withdrawn_reason" type="text" ucd="meta.note" tablehead="withdrawn_reason" description="Why this version was withdrawn; only the data centre's staff sees such a version"/>
    <viewStatement>CREATE VIEW \qName AS (TABLE corot_remote.products)</viewStatement>
  </table>
  <table id="obscore" onDisk="True" adql="True">
    <meta name="title">ObsCore</meta>
    <meta name="description">Every data product of this server in the terms of the ObsCore data model</meta>
    <mixin s_region="NULL" obs_creator_did="NULL" s_pixel_scale="NULL" em_ucd="NULL" preview="NULL">//obscore#publishObscoreLike</mixin>
    <stc>Position ICRS "s_ra" "s_dec"</stc>
    <column name="dataproduct_type" type="text" ucd="meta.code.class" utype="obscore:ObsDataset.dataProductType" tablehead="dataproduct_type" description="Kind of data product in the words of ObsCore; timeseries for light curves" verbLevel="1"/>
    <column name="dataproduct_subtype" type="text" ucd="meta.code.class" utype="obscore:ObsDataset.dataProductSubtype" tablehead="dataproduct_subtype" description="Narrower kind of data product, in the words of the archive"/>
    <column name="calib_level" type="integer" ucd="meta.code;obs.calib" utype="obscore:ObsDataset.calibLevel" tablehead="calib_level" description="Calibration: 0 raw, 1 instrumental, 2 science ready, 3 enhanced, 4 analysis" verbLevel="1" required="True"/>
    <column name="obs_collection" type="text" ucd="meta.id" utype="obscore:DataID.collection" tablehead="obs_collection" description="Name of the collection the data product belongs to" verbLevel="1" required="True"/>
    <column name="obs_id" type="text" ucd="meta.id" utype="obscore:DataID.observationID" tablehead="obs_id" description="Identifier of the observation; products of one observation share it" verbLevel="1" required="True"/>
    <column name="obs_title" type="text" ucd="meta.title;obs" utype="obscore:DataID.title" tablehead="obs_title" description="Title of the data product in a line"/>
    <column name="obs_publisher_did" type="text" ucd="meta.ref.ivoid" utype="obscore:Curation.publisherDID" tablehead="obs_publisher_did" description="IVOA identifier of this version of the data product, given by its publisher" verbLevel="1" required="True"/>
    <column name="data_rights" type="text" ucd="meta.code" utype="obscore:Curation.rights" tablehead="data_rights" description="Who may download the data product: public, secure or proprietary"/>
    <column name="obs_release_date" type="timestamp" ucd="time.release" utype="obscore:Curation.releaseDate" tablehead="obs_release_date" description="Date from which the data product is public"/>
    <column name="access_url" type="text" ucd="meta.ref.url" utype="obscore:Access.reference" tablehead="access_url" description="URL that gives the data product" verbLevel="1"/>
    <column name="access_format" type="text" ucd="meta.code.mime" utype="obscore:Access.format" tablehead="access_format" description="Media type behind access_url" verbLevel="1"/>
    <column name="access_estsize" type="bigint" unit="kbyte" ucd="phys.size;meta.file" utype="obscore:Access.size" tablehead="access_estsize" description="Size of the data product, estimated" verbLevel="1">
      <values nullLiteral="-9223372036854775808"/>
    </column>
    <column name="target_name" type="text" ucd="meta.id;src" utype="obscore:Target.name" tablehead="target_name" description="Name of the object observed" verbLevel="1"/>
    <column name="target_class" type="text" ucd="src.class" utype="obscore:Target.class" tablehead="target_class" description="Kind of the object observed, when known"/>
    <column name="s_ra" type="double precision" unit="deg" ucd="pos.eq.ra" utype="obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1" tablehead="s_ra" description="Right ascension of the centre of the observation, ICRS" verbLevel="1"/>
    <column name="s_dec" type="double precision" unit="deg" ucd="pos.eq.dec" utype="obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C2" tablehead="s_dec" description="Declination of the centre of the observation, ICRS" verbLevel="1"/>
    <column name="s_fov" type="double precision" unit="deg" ucd="phys.angSize;instr.fov" utype="obscore:Char.SpatialAxis.Coverage.Bounds.Extent.diameter" tablehead="s_fov" description="Diameter of the region of the sky the data product covers" verbLevel="1"/>
    <column name="s_region" type="text" ucd="pos.outline;obs.field" utype="obscore:Char.SpatialAxis.Coverage.Support.Area" tablehead="s_region" description="Region of the sky covered, in STC-S: Circle ICRS, centre, radius in degrees" verbLevel="1"/>
    <column name="s_resolution" type="double precision" unit="arcsec" ucd="pos.angResolution" utype="obscore:Char.SpatialAxis.Resolution.Refval.value" tablehead="s_resolution" description="Smallest angle the instrument resolves" verbLevel="1"/>
    <column name="s_xel1" type="bigint" ucd="meta.number" utype="obscore:Char.SpatialAxis.numBins1" tablehead="s_xel1" description="Number of samples along the first spatial axis" verbLevel="1">
      <values nullLiteral="-9223372036854775808"/>
    </column>
    <column name="s_xel2" type="bigint" ucd="meta.number" utype="obscore:Char.SpatialAxis.numBins2" tablehead="s_xel2" description="Number of samples along the second spatial axis" verbLevel="1">
      <values nullLiteral="-9223372036854775808"/>
    </column>
    <column name="t_min" type="double precision" unit="d" ucd="time.start;obs.exposure" utype="obscore:Char.TimeAxis.Coverage.Bounds.Limits.StartTime" tablehead="t_min" description="Start of the observation, MJD" verbLevel="1"/>
    <column name="t_max" type="double precision" unit="d" ucd="time.end;obs.exposure" utype="obscore:Char.TimeAxis.Coverage.Bounds.Limits.StopTime" tablehead="t_max" description="End of the observation, MJD" verbLevel="1"/>
    <column name="t_exptime" type="double precision" unit="s" ucd="time.duration;obs.exposure" utype="obscore:Char.TimeAxis.Coverage.Support.Extent" tablehead="t_exptime" description="Total exposure time" verbLevel="1"/>
    <column name="t_resolution" type="double precision" unit="s" ucd="time.resolution" utype="obscore:Char.TimeAxis.Resolution.Refval.value" tablehead="t_resolution" description="Shortest interval between two samples" verbLevel="1"/>
    <column name="t_xel" type="bigint" ucd="meta.number" utype="obscore:Char.TimeAxis.numBins" tablehead="t_xel" description="Number of samples along the time axis" verbLevel="1">
      <values nullLiteral="-9223372036854775808"/>
    </column>
    <column name="em_min" type="double precision" unit="m" ucd="em.wl;stat.min" utype="obscore:Char.SpectralAxis.Coverage.Bounds.Limits.LoLimit" tablehead="em_min" description="Shortest vacuum wavelength of the passband" verbLevel="1"/>
    <column name="em_max" type="double precision" unit="m" ucd="em.wl;stat.max" utype="obscore:Char.SpectralAxis.Coverage.Bounds.Limits.HiLimit" tablehead="em_max" description="Longest vacuum wavelength of the passband" verbLevel="1"/>
    <column name="em_res_power" type="double precision" ucd="spect.resolution" utype="obscore:Char.SpectralAxis.Resolution.ResolPower.refVal" tablehead="em_res_power" description="Spectral resolving power" verbLevel="1"/>
    <column name="em_xel" type="bigint" ucd="meta.number" utype="obscore:Char.SpectralAxis.numBins" tablehead="em_xel" description="Number of samples along the spectral axis" verbLevel="1">
      <values nullLiteral="-9223372036854775808"/>
    </column>
    <column name="o_ucd" type="text" ucd="meta.ucd" utype="obscore:Char.ObservableAxis.ucd" tablehead="o_ucd" description="UCD of the quantity measured" verbLevel="1"/>
    <column name="pol_states" type="text" ucd="meta.code;phys.polarization" utype="obscore:Char.PolarizationAxis.stateList" tablehead="pol_states" description="Polarization states measured, between slashes; NULL where none was" verbLevel="1"/>
    <column name="pol_xel" type="bigint" ucd="meta.number" utype="obscore:Char.PolarizationAxis.numBins" tablehead="pol_xel" description="Number of polarization states" verbLevel="1">
      <values nullLiteral="-9223372036854775808"/>
    </column>
    <column name="facility_name" type="text" ucd="meta.id;instr.tel" utype="obscore:Provenance.ObsConfig.Facility.name" tablehead="facility_name" description="Name of the telescope or spacecraft" verbLevel="1"/>
    <column name="instrument_name" type="text" ucd="meta.id;instr" utype="obscore:Provenance.ObsConfig.Instrument.name" tablehead="instrument_name" description="Name of the instrument" verbLevel="1"/>
    <viewStatement>CREATE VIEW \qName AS (TABLE corot_remote.obscore)</viewStatement>
  </table>
  <data id="views">
    <make table="runs"/>
    <make table="stars"/>
    <make table="products"/>
    <make table="obscore"/>
  </data>
</resource>
