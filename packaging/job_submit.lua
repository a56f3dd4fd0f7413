-- SPDX-License-Identifier: BSL-1.0
-- For JobSubmitPlugins=lua, beside slurm.conf: what is submitted to the partition that rota drives is held, as if its user had said
-- --hold, and so brought to rota. All else is Slurm's as before. An array, too, is held as a whole.
local driven = "main"
local is_default = true -- jobs that name no partition go there

function slurm_job_submit(job, partitions, user)
    if job.partition == driven or (job.partition == nil and is_default) then job.priority = 0 end
    return slurm.SUCCESS
end

function slurm_job_modify(job, record, partitions, user)
    return slurm.SUCCESS
end
